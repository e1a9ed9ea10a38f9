"""A table of word vectors is as good as its answers, so this chapter writes an exam of
analogies and of judged pairs for the docstring corpus, and marks vectors that were
trained a moment ago.

Derived in book/12b_questions.ipynb, which writes this module: change the chapter, not
this file.
"""

from itertools import permutations

__all__ = ["RELATIONS", "relation_pairs", "analogy_questions", "JUDGED", "judged_lines"]

RELATIONS = {
    "singular plural": "row:rows column:columns matrix:matrices array:arrays"
    " vector:vectors index:indices element:elements value:values function:functions"
    " argument:arguments vertex:vertices polynomial:polynomials equation:equations"
    " root:roots",
    "verb participle": "return:returned compute:computed define:defined draw:drawn"
    " convert:converted create:created apply:applied evaluate:evaluated"
    " expand:expanded plot:plotted specify:specified determine:determined",
    "verb -ing": "use:using compute:computing define:defining draw:drawing"
    " set:setting plot:plotting solve:solving add:adding sort:sorting find:finding",
    "verb noun": "multiply:multiplication add:addition subtract:subtraction"
    " divide:division integrate:integration interpolate:interpolation"
    " permute:permutation rotate:rotation simplify:simplification",
    "adjective adverb": "explicit:explicitly numerical:numerically direct:directly"
    " automatic:automatically random:randomly general:generally"
    " horizontal:horizontally vertical:vertically recursive:recursively",
    "comparative": "large:larger small:smaller long:longer short:shorter fast:faster"
    " low:lower high:higher",
    "opposites": "left:right top:bottom minimum:maximum min:max lower:upper first:last"
    " start:stop true:false positive:negative numerator:denominator"
    " horizontal:vertical smallest:largest even:odd input:output vmin:vmax",
    "x and y": "xlabel:ylabel xlim:ylim xaxis:yaxis xmin:ymin xmax:ymax xdata:ydata"
    " x:y set_xlim:set_ylim x0:y0 x1:y1 dx:dy",
    "hyperbolic": "sin:sinh cos:cosh tan:tanh asin:asinh acos:acosh atan:atanh",
    "inverse": "sin:asin cos:acos tan:atan cot:acot sec:asec csc:acsc sinh:asinh",
    "name in words": "sin:sine cos:cosine tan:tangent cot:cotangent sec:secant"
    " csc:cosecant exp:exponential log:logarithm",
}


def relation_pairs(pairs):
    """Return the pairs of a relation, written as "a:b c:d", as tuples of two words."""
    return [tuple(pair.split(":")) for pair in pairs.split()]


def analogy_questions(relations=RELATIONS):
    """Return lines for `evaluate_word_analogies`: ": name", then "a b p q" for each two pairs, in both orders."""
    lines = []
    for name, pairs in relations.items():
        lines += [f": {name}"]
        two = permutations(relation_pairs(pairs), 2)
        lines += [f"{a} {b} {p} {q}" for (a, b), (p, q) in two]
    return lines


JUDGED = """
row column 8
sin cos 9
red green 8
minimum maximum 8
eigenvalues eigenvectors 8
left right 8
array matrix 7
integer float 6
float double 8
list tuple 8
xlabel ylabel 9
width height 8
plot figure 6
line curve 7
mean average 9
mean median 7
root zero 5
axis axes 8
string text 6
key value 5
polynomial coefficients 6
matrix determinant 6
random uniform 5
vector array 7
function argument 4
error warning 6
file path 6
tick label 5
color red 5
integral derivative 6
sin red 0
matrix legend 0
font integer 1
tuple color 1
eigenvalues figure 0
file cos 0
polynomial marker 1
row random 1
tick determinant 0
string integral 0
"""


def judged_lines(judged=JUDGED):
    """Return lines for `evaluate_word_pairs`: two words and a number, separated by tabs."""
    return ["\t".join(line.split()) for line in judged.strip().splitlines()]
